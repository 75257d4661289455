"""One Tollgate process for all tests of a run, and clients that lead to it."""

import openai
import pytest

import harness


@pytest.fixture(scope="session")
def tollgate():
    with harness.Tollgate() as running:
        yield running


@pytest.fixture
def client(tollgate):
    """An unchanged SDK; only its base URL and key are ours. It retries as it does by default."""
    with openai.OpenAI(base_url=tollgate.url, api_key=tollgate.key) as client:
        yield client


@pytest.fixture
def client_of(tollgate):
    """Makes a client with a new key of an application."""
    made = []

    def make(application: str, *more: str) -> openai.OpenAI:
        key = tollgate.new_key(application, *more)
        made.append(openai.OpenAI(base_url=tollgate.url, api_key=key))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture(params=harness.UPSTREAMS)
def upstream(request):
    """The name of a provider that works, one for each dialect."""
    return request.param


@pytest.fixture(params=harness.WORKING)
def any_upstream(request):
    """The same, with the providers of which aimock is not as exact."""
    return request.param


@pytest.fixture(params=[False, True], ids=["whole", "streamed"])
def streamed(request):
    return request.param
