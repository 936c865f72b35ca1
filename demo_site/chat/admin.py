from django.contrib import admin

from .models import ChatRoom, Message, MessageThread, PendingMessage


@admin.register(ChatRoom)
class ChatRoomAdmin(admin.ModelAdmin):
    list_display = ["name", "created_by", "is_active", "updated_at"]
    list_select_related = ["created_by"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    date_hierarchy = "updated_at"
    autocomplete_fields = ["created_by", "participants", "enrollment"]


@admin.register(MessageThread)
class MessageThreadAdmin(admin.ModelAdmin):
    list_display = ["title", "room"]
    list_select_related = ["room"]
    search_fields = ["title", "room__name"]
    autocomplete_fields = ["room"]


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    list_display = ["text", "sender", "room", "thread", "message_type", "created_at"]
    list_select_related = ["sender", "room", "thread"]
    list_filter = ["message_type"]
    search_fields = ["text", "sender__email"]
    date_hierarchy = "created_at"
    show_full_result_count = False  # a million rows are not counted for a line of text
    autocomplete_fields = ["sender", "room", "thread", "reply_to"]


@admin.register(PendingMessage)
class PendingMessageAdmin(admin.ModelAdmin):
    list_display = ["message", "user", "delivered", "created_at"]
    list_select_related = ["message", "user"]
    list_filter = ["delivered"]
    search_fields = ["user__email"]
    date_hierarchy = "created_at"
    autocomplete_fields = ["message", "user"]
