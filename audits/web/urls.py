"""Routes of the pages."""

from django.urls import path

from audits.web.branch import Branch
from audits.web.compare import Compare
from audits.web.entrance import Front, SignIn, SignOut
from audits.web.explain import Explain
from audits.web.league import League
from audits.web.next_star import NextStar, SpendFirst

urlpatterns = [
    path("", Front.as_view(), name="home"),
    path("login", SignIn.as_view(), name="sign-in"),
    path("logout", SignOut.as_view(), name="sign-out"),
    path("league", League.as_view(), name="page-league"),
    path("locations/<uuid:pk>", Branch.as_view(), name="page-branch"),
    path("ratings/<uuid:pk>", Explain.as_view(), name="page-explain"),
    path("ratings/<uuid:pk>/next-star", NextStar.as_view(), name="page-next-star"),
    path("spend-first", SpendFirst.as_view(), name="page-spend-first"),
    path("compare", Compare.as_view(), name="page-compare"),
]
