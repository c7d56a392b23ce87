"""What does bin/run do, from set-up to Ctrl-C?"""

import subprocess
from contextlib import ExitStack, suppress
from pathlib import Path

from stack.app_processes import app_processes
from stack.console import Console
from stack.errors import Interrupted
from stack.paths import Checkout, checked_var, servers_state
from stack.ports import any_free_port, web_port
from stack.preparation import prepare
from stack.product import Product
from stack.run_as import popen_arguments
from stack.run_lock import RunLock
from stack.servers import Servers, running_servers
from stack.story import ADMIN, COORDINATOR, PILOT, REQUESTER
from stack.supervisor import Supervisor, Watched


def run(console: Console, *, once: bool, story: bool) -> int:
    """Set up, start, walk one request through, serve until asked to stop; the exit code."""
    checkout = Checkout.here()
    with ExitStack() as cleanup:
        lock = cleanup.enter_context(RunLock(checked_var(checkout) / "run.lock", "bin/run"))
        prepare(console, checkout, for_tests=False)
        state = servers_state(checkout)
        if state.run_as and state.root != checkout.var:
            console.say(
                f"{state.run_as.name} cannot enter {checkout.var}, so the servers' data is in {state.root}."
            )
        port = web_port()
        url = f"http://localhost:{port}"
        lock.describe(url)
        servers = cleanup.enter_context(running_servers(console, checkout, state))
        return serve(console, servers, port, url, once=once, story=story)


def serve(console: Console, servers: Servers, port: int, url: str, *, once: bool, story: bool) -> int:
    """Bring the product up on running servers, tell the story, and serve."""
    state, smtp_port, user = servers.state, any_free_port(), servers.application_user
    environment = servers.environment(
        BASE_URL=url,
        ALLOWED_HOSTS="localhost,127.0.0.1",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=str(smtp_port),
        MAILBOX_DIR=str(state.folder("mail")),
        STATIC_ROOT=str(state.folder("static")),
        # Each start tells the story, and each story registers somebody from this computer.
        REGISTRATION_RATE="1000",
        # Compressing the API page's scripts takes half a minute; the image does it, the demo need not.
        PLAIN_STATIC="1",
    )
    product = Product(console, servers, environment, user)
    product.compile_messages()
    product.migrate()
    product.collect_static()
    product.import_gazetteer()
    product.load_demo()

    ours = app_processes(servers, environment, user, port=port, smtp_port=smtp_port)
    supervisor = Supervisor(
        console,
        servers.register,
        [
            *(Watched(process, may_restart=process in (ours.worker, ours.beat)) for process in ours.all),
            *(Watched(server.process, may_restart=False) for server in (servers.postgres, servers.redis)),
        ],
    )
    try:
        with console.step("Web, worker, beat and mail catcher"):
            supervisor.start(ours.all)
        story_code = tell_story(console, servers, supervisor, environment, url) if story else 0
        if once:
            return story_code
        console.say(greeting(url, state.log("web").parent))
        with suppress(Interrupted):  # the way to end it
            supervisor.watch_until(lambda: False)
        return story_code
    finally:
        console.say("Stopping.")
        for process in ours.all:
            process.request_stop()
        for process in ours.all:
            process.stop()


def tell_story(
    console: Console, servers: Servers, supervisor: Supervisor, environment: dict[str, str], url: str
) -> int:
    """Walk one request through the running product, its steps printed as they happen; the exit code."""
    console.say()
    story = subprocess.Popen(
        [servers.checkout.python, "-m", "stack.story", "--url", url, "--mailbox-url", f"{url}/mailbox/"],
        env=environment | {"PYTHONPATH": "."},
        cwd=servers.checkout.root / "bin",
        stdin=subprocess.DEVNULL,
        **popen_arguments(servers.application_user),
    )
    try:
        supervisor.watch_until(lambda: story.poll() is not None)
    finally:
        story.kill()
        story.wait()
    if story.returncode != 0:
        console.complain(
            f"The story broke off (exit code {story.returncode}); the step that failed is named above. "
            f"Logs: {servers.state.log('worker').parent}"
        )
    return story.returncode


def greeting(url: str, logs: Path) -> str:
    """Where everything is, and how to log in."""
    return f"""
  Pages      {url}/
  Mailbox    {url}/mailbox/   (every message the demo sends)
  API        {url}/api/v1/docs/
  Logs       {logs}

  Log in at {url}/konto/anmelden/ with one of these addresses; the code arrives in the mailbox,
  and the second one that the office is asked for stands at its top:
    {COORDINATOR:28} coordinator of the office
    {REQUESTER:28} asks for pilots on behalf of a school
    {PILOT:28} a volunteer (more of them: Pilots in the coordinator's menu)
    {ADMIN:28} rules, look and words of the office

Ctrl-C stops everything."""
