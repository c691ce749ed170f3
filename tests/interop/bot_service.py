"""A bot made of commlib-py RPC services, with messages like those of Hummingbot. Answers tell what arrived."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, List, Optional, Tuple

from commlib.msg import RPCMessage

from peer import arguments, emit, node, orders, run, topic


class Start(RPCMessage):
    class Request(RPCMessage.Request):
        log_level: Optional[str] = None
        script: Optional[str] = None
        conf: Optional[str] = None
        is_quickstart: Optional[bool] = False
        async_backend: Optional[bool] = True

    class Response(RPCMessage.Response):
        status: Optional[int] = 200
        msg: Optional[str] = ""


class Stop(RPCMessage):
    class Request(RPCMessage.Request):
        skip_order_cancellation: Optional[bool] = False
        async_backend: Optional[bool] = True

    class Response(Start.Response):
        pass


class Config(RPCMessage):
    class Request(RPCMessage.Request):
        params: Optional[List[Tuple[str, Any]]] = []

    class Response(Start.Response):
        changes: Optional[List[Tuple[str, Any]]] = []
        config: Optional[dict] = {}


class Import(RPCMessage):
    class Request(RPCMessage.Request):
        strategy: str

    class Response(Start.Response):
        pass


class Status(RPCMessage):
    class Request(RPCMessage.Request):
        async_backend: Optional[bool] = True

    class Response(Start.Response):
        data: Optional[Any] = ""


class History(RPCMessage):
    class Request(RPCMessage.Request):
        days: Optional[float] = 0
        verbose: Optional[bool] = False
        precision: Optional[int] = None
        async_backend: Optional[bool] = True

    class Response(Start.Response):
        trades: Optional[List[Any]] = []


class BalanceLimit(RPCMessage):
    class Request(RPCMessage.Request):
        exchange: str
        asset: str
        amount: float

    class Response(Status.Response):
        data: Optional[str] = None


class BalancePaper(RPCMessage):
    class Request(RPCMessage.Request):
        asset: str
        amount: float

    class Response(BalanceLimit.Response):
        pass


TRADE = {"market": "binance", "trade_id": "EOID1", "price": "1000.", "quantity": "1.", "raw_json": {"pnl": -2}}

ANSWERS = {
    "start": (Start, lambda request: {}),
    "stop": (Stop, lambda request: {}),
    "config": (Config, lambda request: {"changes": request.params}),
    "import": (Import, lambda request: {}),
    "status": (Status, lambda request: {"data": "running"}),
    "history": (History, lambda request: {"trades": [TRADE]}),
    "balance/limit": (BalanceLimit, lambda request: {}),
    "balance/paper": (BalancePaper, lambda request: {"status": 400, "msg": "no such asset"}),
}


def endpoint(name, message, answer):
    def on_request(request):
        emit(command=name, request=request.model_dump())
        return message.Response(**answer(request))

    return on_request


def fail(_):
    raise RuntimeError("this service fails")


options = arguments("bot")
commlib = node(options)
for name, (message, answer) in ANSWERS.items():
    commlib.create_rpc(
        rpc_name=topic(options, f"hbot/{options.bot}/{name}"), msg_type=message, on_request=endpoint(name, message, answer)
    )
double = commlib.create_rpc(
    rpc_name=topic(options, "lab/double"), on_request=lambda request: {"double": request["n"] * 2}
)
# commlib-py builds all answers in one object of the service: with several threads, some carry the data of another call.
double._executor = ThreadPoolExecutor(max_workers=1)
commlib.create_rpc(rpc_name=topic(options, "lab/fails"), msg_type=Stop, on_request=fail)
run(commlib, subscriptions=len(ANSWERS) + 2)
for _ in orders():
    pass
