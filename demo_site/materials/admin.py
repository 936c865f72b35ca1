from django.contrib import admin

from .models import Subject, SubjectEnrollment

admin.site.register([Subject, SubjectEnrollment])
