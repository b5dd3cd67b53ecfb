"""Every vendor's messages become what expected.json says: ours always, the shared ones if there."""

import pytest

from plateward.intake.adapters import registry
from plateward.intake.adapters.message import Refused
from tests.intake.adapters import messages

OURS = messages.ours()
SHARED = messages.shared()


@pytest.mark.parametrize("case", OURS, ids=str)
def test_our_messages_become_what_is_expected(case: messages.Case) -> None:
    check(case)


@pytest.mark.skipif(not SHARED, reason="the shared messages are not here: set PLATEWARD_SHARED")
@pytest.mark.parametrize("case", SHARED, ids=str)
def test_shared_messages_become_what_is_expected(case: messages.Case) -> None:
    check(case)


def test_every_vendor_has_a_message_of_ours() -> None:
    assert {case.vendor for case in OURS} == set(registry.VENDORS)


def check(case: messages.Case) -> None:
    if case.expected["reads"] == "reject":
        with pytest.raises(Refused, match="Nothing was stored"):
            messages.became(case)
    else:
        assert messages.differences(messages.became(case), case.expected) == []
