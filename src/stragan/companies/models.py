"""The tenant: its legal data, its tax settings, its people."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q

from stragan.companies.states import CONTACT_MONTHS, LEAST_MONTHS, MOST_MONTHS
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


class NegativeStock(models.TextChoices):
    """What happens when a document would take more than is in stock."""

    FORBID = "forbid"
    WARN = "warn"
    ALLOW = "allow"


class Receipts(models.TextChoices):
    """What a receipt is here; the company is asked once, nothing is guessed (VAT Act art. 111)."""

    NON_FISCAL = "non_fiscal"  # exempt from a cash register: a confirmation of sale
    FISCAL = "fiscal"  # a cash register outside prints it: its number is kept here


class Company(models.Model):
    """A firm that sells. Switches decide which parts of the product it sees.

    ``vat_payer`` with its basis is the status before the first row of ``VatStatus``; ask
    ``queries.vat_standing``. ``vat_exemption_basis`` is the legal basis printed on invoices of a seller who
    is not a VAT payer, and on lines with the code ``zw`` of one who is.
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
    negative_stock = models.CharField(max_length=6, choices=NegativeStock, default=NegativeStock.WARN)
    receipts = models.CharField(max_length=10, choices=Receipts, blank=True)  # empty: not asked yet
    ryczalt_rate = models.CharField(max_length=4, default="3")  # percent of goods without a rate of their own
    push_stock = models.BooleanField(default=False)
    push_stock_changed_at = models.DateTimeField(null=True)
    push_stock_changed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    close_order_on_issue = models.BooleanField(default=False)
    close_order_on_issue_changed_at = models.DateTimeField(null=True)
    close_order_on_issue_changed_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Months after the purchase; then contact data of buyers are purged.
    contact_months = models.PositiveSmallIntegerField(default=CONTACT_MONTHS, db_default=CONTACT_MONTHS)
    next_order_number = models.BigIntegerField(default=1)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(vat_payer=True) | ~Q(vat_exemption_basis=""), name="company_exempt_has_basis"
            ),
            models.CheckConstraint(condition=Q(books__in=Books.values), name="company_books_known"),
            models.CheckConstraint(
                condition=Q(negative_stock__in=NegativeStock.values), name="company_negative_stock_known"
            ),
            models.CheckConstraint(
                condition=Q(contact_months__gte=LEAST_MONTHS, contact_months__lte=MOST_MONTHS),
                name="company_contact_months_possible",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CompanyLogo(models.Model):
    """The picture on documents issued from now on; apart, since every page reads the company."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="logo")
    image = models.BinaryField()  # PNG or JPEG
    media_type = models.CharField(max_length=20)
    changed_at = models.DateTimeField()

    objects: CompanyManager["CompanyLogo"] = CompanyManager()

    def __str__(self) -> str:
        return f"logo {self.company_id}"


class VatStatus(models.Model):
    """From this Warsaw day on the company is a VAT payer, or exempt on that legal basis."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="vat_statuses")
    since = models.DateField()
    vat_payer = models.BooleanField()
    exemption_basis = models.CharField(max_length=200, blank=True)

    objects: CompanyManager["VatStatus"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "since"], name="vat_status_once"),
            models.CheckConstraint(
                condition=Q(vat_payer=True) | ~Q(exemption_basis=""), name="vat_status_exempt_has_basis"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since} {self.vat_payer}"


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
