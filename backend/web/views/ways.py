"""How messages reach somebody: SMS, kinds of messages she can do without, and an address that took no mail."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from backend.web.errors import refusals_as_messages, refusals_on
from backend.web.forms.ways import MessagesForm, SmsCodeForm, SmsNumberForm
from backend.web.gates import Gate, SignedInRequest, gated
from backend.web.views.my_data import my_data_page
from notifications.bounces.commands import trust_own_address
from notifications.commands import choose_messages, end_messages
from notifications.optional import Unsubscription, behind
from notifications.rendering import language_of
from notifications.texting.commands import end_sms, name_sms_number, prove_sms_number


@gated(Gate.SIGNED_IN)
@require_POST
def name_number(request: SignedInRequest) -> HttpResponse:
    """A number for SMS; the code is on its way to it."""
    form = SmsNumberForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            name_sms_number(number=form.number(), by=request.user, now=timezone.now())
            messages.success(request, _("We have sent you a code by SMS. Please enter it here."))
            return redirect("web:my_data")
    return my_data_page(request, sms_number_form=form)


@gated(Gate.SIGNED_IN)
@require_POST
def prove_number(request: SignedInRequest) -> HttpResponse:
    """The code that came by SMS."""
    form = SmsCodeForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            if prove_sms_number(code=form.cleaned_data["code"], by=request.user, now=timezone.now()):
                messages.success(request, _("Urgent messages come by SMS too from now on."))
                return redirect("web:my_data")
            form.add_error(
                "code", _("This is not the code, or its time is over. You can have a new one sent.")
            )
    return my_data_page(request, sms_code_form=form)


@gated(Gate.SIGNED_IN)
@require_POST
def end_texting(request: SignedInRequest) -> HttpResponse:
    end_sms(by=request.user, now=timezone.now())
    messages.success(request, _("You get no more SMS. The mails still come."))
    return redirect("web:my_data")


@gated(Gate.SIGNED_IN)
@require_POST
def choose(request: SignedInRequest) -> HttpResponse:
    """Which of the messages that one can do without shall come."""
    form = MessagesForm(request.POST, user=request.user)
    if form.is_valid():
        with refusals_on(form):
            choose_messages(unwanted=form.unwanted(), by=request.user, now=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("web:my_data")
    return my_data_page(request, messages_form=form)


@gated(Gate.SIGNED_IN)
@require_POST
def trust_address(request: SignedInRequest) -> HttpResponse:
    """The address is right: write there again."""
    trust_own_address(by=request.user, now=timezone.now())
    messages.success(request, _("Thank you. We write to this address again."))
    return redirect("web:my_data")


# A mail program posts here for its user, without a cookie (RFC 8058); the signed address is the authority, and all that
# can be done with it is to end messages that nobody needs.
@csrf_exempt
@gated(Gate.LINK)
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET and HEAD only ask: mail scanners open every link. One POST, of a program or of the button, ends it."""
    user, group = behind(token)
    chosen = translation.get_language() if settings.LANGUAGE_COOKIE_NAME in request.COOKIES else None
    with translation.override(chosen or language_of(user)):
        if request.method == "POST":
            with refusals_as_messages(request):
                end_messages(token=token, by=None, now=timezone.now())
        done = Unsubscription.objects.filter(user=user, group=group).exists()
        response = render(request, "web/public/unsubscribe.html", {"group": group.label, "done": done})
        response.headers["Content-Language"] = translation.get_language() or ""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
