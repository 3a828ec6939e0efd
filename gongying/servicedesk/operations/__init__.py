from gongying.servicedesk.operations.registration import register_request

__all__ = ["register_request"]
