"""Routes of this room under /api/v1/. Documents are named by 64 hex digits, everything else by its id."""

from django.urls import URLPattern, path, re_path

from standards.api import briefs, checklists, files, frozen, schemes, versions

SHA256 = r"(?P<sha256>[0-9a-f]{64})"
VERSION = "checklist-versions/<uuid:version_id>"

urlpatterns: list[URLPattern] = [
    re_path(rf"^checklists/{SHA256}$", frozen.ChecklistDocument.as_view(), name="checklist-document"),
    re_path(rf"^briefs/{SHA256}$", frozen.BriefDocument.as_view(), name="brief-document"),
    re_path(rf"^translations/{SHA256}$", frozen.TranslationDocumentView.as_view(), name="translation-document"),
    path("checklists", checklists.Checklists.as_view(), name="checklists"),
    path("checklists/import", files.ImportNew.as_view(), name="checklist-import"),
    path("checklists/template", files.Template.as_view(), name="checklist-template"),
    path("checklists/<uuid:checklist_id>", checklists.ChecklistDetail.as_view(), name="checklist"),
    path("checklists/<uuid:checklist_id>/versions", checklists.Versions.as_view(), name="checklist-versions"),
    path(VERSION, versions.VersionDetail.as_view(), name="checklist-version"),
    path(f"{VERSION}/content", versions.VersionContent.as_view(), name="checklist-version-content"),
    path(f"{VERSION}/faults", versions.VersionFaults.as_view(), name="checklist-version-faults"),
    path(f"{VERSION}/changes", versions.VersionChanges.as_view(), name="checklist-version-changes"),
    path(f"{VERSION}/publish", versions.VersionPublish.as_view(), name="checklist-version-publish"),
    path(f"{VERSION}/close", versions.VersionClose.as_view(), name="checklist-version-close"),
    path(f"{VERSION}/retire", versions.VersionRetire.as_view(), name="checklist-version-retire"),
    path(f"{VERSION}/revisions", versions.VersionRevisions.as_view(), name="checklist-version-revisions"),
    path("revisions/<uuid:revision_id>/restore", versions.RevisionRestore.as_view(), name="revision-restore"),
    path(f"{VERSION}/import", files.ImportInto.as_view(), name="checklist-version-import"),
    path(f"{VERSION}/export", files.Export.as_view(), name="checklist-version-export"),
    path(f"{VERSION}/languages", files.Languages.as_view(), name="checklist-version-languages"),
    path(f"{VERSION}/languages/<str:language>", files.Language.as_view(), name="checklist-version-language"),
    path(
        f"{VERSION}/languages/<str:language>/publish",
        files.LanguagePublish.as_view(),
        name="checklist-version-language-publish",
    ),
    path("packs", files.Packs.as_view(), name="packs"),
    path("packs/<slug:name>/load", files.PackLoad.as_view(), name="pack-load"),
    path("briefs", briefs.Briefs.as_view(), name="briefs"),
    path("briefs/<uuid:brief_id>/versions", briefs.BriefVersions.as_view(), name="brief-versions"),
    path("brief-versions/<uuid:version_id>", briefs.BriefVersionDetail.as_view(), name="brief-version"),
    path("brief-versions/<uuid:version_id>/publish", briefs.BriefVersionPublish.as_view(), name="brief-publish"),
    path("schemes", schemes.Schemes.as_view(), name="schemes"),
    path("schemes/<uuid:scheme_id>", schemes.SchemeDetail.as_view(), name="scheme"),
    path("schemes/<uuid:scheme_id>/versions", schemes.SchemeVersions.as_view(), name="scheme-versions"),
    path("scheme-versions/<uuid:version_id>", schemes.SchemeVersionDetail.as_view(), name="scheme-version"),
    path("scheme-versions/<uuid:version_id>/reading", schemes.SchemeVersionReading.as_view(), name="scheme-reading"),
    path("scheme-versions/<uuid:version_id>/publish", schemes.SchemeVersionPublish.as_view(), name="scheme-publish"),
]
