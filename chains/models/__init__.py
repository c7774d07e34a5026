"""The ground floor: places, people, devices, jobs, and the question who may see what of them."""

from chains.models.jobs import Job
from chains.models.people import Device, Membership, PairingCode, Role, User, device_by_token
from chains.models.places import Chain, GroupMembership, Location, LocationGroup, Office, Outlet
from chains.models.scoping import VisibleQuerySet, VisibleToStaffOnly
from chains.models.second_step import RecoveryCode, SecondStep
from chains.models.sign_in import SignInTries

__all__ = [
    "Chain",
    "Device",
    "GroupMembership",
    "Job",
    "Location",
    "LocationGroup",
    "Membership",
    "Office",
    "Outlet",
    "PairingCode",
    "RecoveryCode",
    "Role",
    "SecondStep",
    "SignInTries",
    "User",
    "VisibleQuerySet",
    "VisibleToStaffOnly",
    "device_by_token",
]
