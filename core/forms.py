"""How every form of the site is drawn."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Forms and fields by our templates, widgets by Django's."""

    form_template_name = "components/form.html"
    field_template_name = "components/form_field.html"
