from django.contrib import admin

from .models import ChatRoom, Message, MessageThread, PendingMessage

admin.site.register([ChatRoom, MessageThread, Message, PendingMessage])
