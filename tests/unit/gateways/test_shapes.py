"""Answers that several threads read at once, each for the first time in its process."""

import subprocess
import sys

import msgspec
import pytest

import stragan.gateways.allegro
import stragan.gateways.registries
from stragan.gateways.shapes import learn

AT_ONCE = """
import sys, threading
sys.setswitchinterval(1e-6)
from stragan.gateways.allegro import read_payment_operations
from stragan.gateways.allegro.money_moves import read_billing_entries
together = threading.Barrier(8)
done = []
def read():
    together.wait()
    read_billing_entries(b'{"billingEntries": []}')
    read_payment_operations(b'{"paymentOperations": [], "count": 0, "totalCount": 0}')
    done.append(1)
threads = [threading.Thread(target=read) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(len(done))
"""


@pytest.mark.parametrize("run", range(3))
def test_threads_that_read_their_first_answer_at_once_do_not_crash(run: int) -> None:  # noqa: ARG001 -- once more
    done = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "8"), done.stderr


def test_every_shape_of_a_gateway_is_learned() -> None:
    assert learn(stragan.gateways.allegro.__name__) > 50
    assert learn(stragan.gateways.registries.__name__) >= 2
    assert learn("stragan.nowhere") == 0
    assert issubclass(stragan.gateways.allegro.BillingEntry, msgspec.Struct)
