"""Files of elections as Pabulib publishes them (.pb, pabulib.org/format): strict where a result could change."""

from .errors import PabulibError
from .file import PabulibFile
from .reading import read
from .writing import write

__all__ = ["PabulibError", "PabulibFile", "read", "write"]
