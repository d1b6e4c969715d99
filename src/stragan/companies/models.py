"""The tenant: its legal data, its tax settings, its people."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q

from stragan.kit.tenancy import CompanyManager


class PeopleManager(BaseUserManager["User"]):
    """Makes users that log in with their e-mail address."""

    def create_user(self, *, email: str, password: str) -> "User":
        """Save a person who can log in."""
        user = self.model(email=self.normalize_email(email).lower())
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """A person. Logs in with the e-mail address; what they may do is said by memberships."""

    username = None  # type: ignore[assignment]  # the e-mail address is the name
    email = models.EmailField(unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[PeopleManager] = PeopleManager()  # type: ignore[assignment]  # no user names

    def __str__(self) -> str:
        return self.email


class Books(models.TextChoices):
    """Which book of revenue the company keeps here."""

    NONE = "none"
    KPIR = "kpir"
    RYCZALT = "ryczalt"


class Company(models.Model):
    """A firm that sells. Switches decide which parts of the product it sees.

    ``vat_exemption_basis`` is the legal basis printed on invoices of a seller who is not a VAT payer,
    and on lines with the code ``zw`` of one who is.
    """

    nip = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=256)
    street = models.CharField(max_length=200)
    postal_code = models.CharField(max_length=12)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=2, default="PL")
    bdo = models.CharField(max_length=20, blank=True)
    bank_account = models.CharField(max_length=34, blank=True)
    bank_name = models.CharField(max_length=100, blank=True)
    footer = models.CharField(max_length=400, blank=True)
    vat_payer = models.BooleanField(default=True)
    vat_exemption_basis = models.CharField(max_length=200, blank=True)
    warehouse = models.BooleanField(default=True)
    books = models.CharField(max_length=10, choices=Books, default=Books.NONE)
    allegro_module = models.BooleanField(default=True)
    close_order_on_issue = models.BooleanField(default=False)
    close_order_on_issue_changed_at = models.DateTimeField(null=True)
    close_order_on_issue_changed_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    next_order_number = models.BigIntegerField(default=1)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(vat_payer=True) | ~Q(vat_exemption_basis=""), name="company_exempt_has_basis"
            ),
            models.CheckConstraint(condition=Q(books__in=Books.values), name="company_books_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member may do; each role may do what stands in ``companies.states.ABILITIES``."""

    OWNER = "owner"
    CLERK = "clerk"
    ACCOUNTANT = "accountant"
    VIEWER = "viewer"


class Membership(models.Model):
    """A person works in a company, in one role."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role)
    created_at = models.DateTimeField()

    objects: CompanyManager["Membership"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "user"], name="membership_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class Invitation(models.Model):
    """A one-time link: to set up the installation, or to join a company. Only its hash is kept."""

    token_sha256 = models.CharField(max_length=64, unique=True)
    company = models.ForeignKey(Company, null=True, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=12, choices=Role, default=Role.OWNER)
    email = models.EmailField(blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="invitation_company")]

    def __str__(self) -> str:
        return f"invitation {self.pk}"
