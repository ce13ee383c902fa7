"""The house look: colour roles, type, named views, cards."""

from custom.acts import Act, SceneOfActs, check_acts
from custom.camera import OVERVIEW, View
from custom.cards import SAFE_AREA, EndCard, TitleCard, get_caption, get_title
from custom.palette import *
from custom.scene import CaptionedScene, get_callout, put_on_baseline
from custom.typography import (
    BODY,
    HEADING,
    LABEL,
    MONO,
    SERIF,
    SMALL,
    TITLE,
    UPRIGHT_BODY,
    UPRIGHT_SMALL,
    UPRIGHT_TITLE,
)
