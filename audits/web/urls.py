"""Routes of the pages."""

from django.urls import path

from audits.web.account import Account, EndPhone, NewPhone, TwoSteps
from audits.web.branch import Branch
from audits.web.compare import Compare
from audits.web.entrance import Front, SignIn, SignOut
from audits.web.explain import Explain
from audits.web.groups import Groups
from audits.web.league import League
from audits.web.matrix import Matrix
from audits.web.next_star import NextStar, SpendFirst
from audits.web.standards import Standards, WhereFailed
from audits.web.visit import Visit

urlpatterns = [
    path("", Front.as_view(), name="home"),
    path("login", SignIn.as_view(), name="sign-in"),
    path("logout", SignOut.as_view(), name="sign-out"),
    path("account", Account.as_view(), name="page-account"),
    path("account/phones", NewPhone.as_view(), name="page-new-phone"),
    path("account/phones/<uuid:device_id>/end", EndPhone.as_view(), name="page-end-phone"),
    path("account/two-steps", TwoSteps.as_view(), name="page-two-steps"),
    path("league", League.as_view(), name="page-league"),
    path("locations/<uuid:pk>", Branch.as_view(), name="page-branch"),
    path("ratings/<uuid:pk>", Explain.as_view(), name="page-explain"),
    path("ratings/<uuid:pk>/next-star", NextStar.as_view(), name="page-next-star"),
    path("spend-first", SpendFirst.as_view(), name="page-spend-first"),
    path("visits/<uuid:visit_id>", Visit.as_view(), name="page-visit"),
    path("groups", Groups.as_view(), name="page-groups"),
    path("standards", Standards.as_view(), name="page-standards"),
    path("standards/<str:code>", WhereFailed.as_view(), name="page-where-failed"),
    path("matrix", Matrix.as_view(), name="page-matrix"),
    path("compare", Compare.as_view(), name="page-compare"),
]
