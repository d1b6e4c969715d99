"""A company sees nothing of another: tables of a company are read through their company only.

``Order.objects`` answers nothing until it is told whose rows are meant: ``for_company``. Code that
must look across companies (the worker, the scheduler) says so with ``across_companies``.
"""

from typing import Any, Self, TypeVar

from django.db import models

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class UnscopedQuery(AssertionError):
    """A table of a company was read without naming the company."""


class CompanyQuerySet(models.QuerySet[M_co]):
    """Rows of one company, or of all where that was asked for."""

    def for_company(self, company: Any) -> Self:
        """Only the rows of *company* (an instance or its id)."""
        return self.filter(company_id=getattr(company, "pk", company))


class CompanyManager(models.Manager[M_co]):
    """Demands a company before it hands out rows. Related managers are scoped by their parent."""

    def get_queryset(self) -> CompanyQuerySet[M_co]:
        """Refuse, unless a parent row has narrowed the query already."""
        if getattr(self, "instance", None) is None:
            raise UnscopedQuery(self.model.__name__)
        return CompanyQuerySet(self.model, using=self._db)

    def for_company(self, company: Any) -> CompanyQuerySet[M_co]:
        """Rows of *company* (an instance or its id)."""
        return CompanyQuerySet[M_co](self.model, using=self._db).for_company(company)

    def across_companies(self) -> CompanyQuerySet[M_co]:
        """Rows of all companies: for the worker and for maintenance, never for a page."""
        return CompanyQuerySet[M_co](self.model, using=self._db)
