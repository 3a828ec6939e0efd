from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from gongying.accounts.models import ApiToken


@pytest.mark.parametrize("name", ["xiaozhao", "137 0000 0001"])
def test_the_command_prints_a_token_and_nothing_else(cast, name):
    out = StringIO()

    call_command("token", name, "--days=5", "--scope=read", stdout=out)

    token = ApiToken.objects.find(out.getvalue().strip())
    assert (token.user, token.scopes, (token.expires_at - token.created_at).days) == (cast.receptionist, ["read"], 5)


def test_nobody_has_no_token(cast):
    with pytest.raises(CommandError, match="nobody"):
        call_command("token", "nobody")
    with pytest.raises(CommandError):
        call_command("token", "xiaozhao", "--days=0")
