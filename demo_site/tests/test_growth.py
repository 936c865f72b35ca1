"""Does a list stay as cheap when there are more rows?"""

from __future__ import annotations

from demo_site.accounts.models import StudentProfile, User


def add_students(number):
    for index in range(number):
        user = User.objects.create(email=f"new{index}@example.org", role=User.Role.STUDENT)
        StudentProfile.objects.create(user=user, grade=7)


def test_the_list_of_students(client, db, assert_constant_queries):
    assert_constant_queries(lambda: client.get("/api/optimized/students/?search=new"), populate=add_students)
