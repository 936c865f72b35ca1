from django.contrib import admin

from .models import ParentProfile, StudentProfile, TeacherProfile, TutorProfile, User

admin.site.register([User, StudentProfile, TeacherProfile, TutorProfile, ParentProfile])
