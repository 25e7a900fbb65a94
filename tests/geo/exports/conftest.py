import pytest


@pytest.fixture(autouse=True)
def exports_folder(settings, tmp_path):
    """Files of a test stay in its folder."""
    settings.EXPORTS_ROOT = tmp_path / "exports"
    return settings.EXPORTS_ROOT
