"""Static files: hashed names, and ES modules that import each other by them."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class ManifestStorage(ManifestStaticFilesStorage):
    """Hashed names also inside JavaScript modules."""

    support_js_module_import_aggregation = True
    manifest_strict = False
