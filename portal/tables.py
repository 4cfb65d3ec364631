"""Every table of the portal, parents first, for migrations and for tests."""

from portal.audit.models import AuditEvent
from portal.bank.models import Allocation, BankFile, BankLine
from portal.certificates.models import Certificate
from portal.contracts.models import (
    BranchCorrection,
    Company,
    CompanyContact,
    CompanyCorrection,
    Contract,
    ContractContact,
    ContractDocument,
    ContractMessage,
    ContractMove,
    ContractReading,
    ContractReminder,
    DoorLink,
)
from portal.fees.models import (
    FeeSchedule,
    Instalment,
    Invoice,
    LedgerEntry,
    LedgerTransaction,
    MoneyPolicy,
    Payer,
    PayerLink,
    Payment,
    PaymentPlan,
    Reminder,
)
from portal.identity.models import (
    Person,
    SecretLink,
    SignedInSession,
    SignInAttempt,
    StaffPermission,
)
from portal.kernel.sequence import NumberSequence
from portal.notifications.models import OutgoingMail
from portal.payouts.models import PaymentOrder, Transfer
from portal.programme.models import (
    Cohort,
    Course,
    Enrolment,
    GroupMembership,
    LanguageGroup,
    Programme,
    School,
    Student,
)
from portal.refunds.models import Refund, RefundShare
from portal.rhythm.models import RhythmLink, RhythmPeriod
from portal.timetable.models import Lesson
from portal.uploads.models import Upload

ALL = [
    NumberSequence,
    Person,
    StaffPermission,
    SignedInSession,
    SignInAttempt,
    SecretLink,
    AuditEvent,
    Upload,
    OutgoingMail,
    School,
    Programme,
    Course,
    Cohort,
    LanguageGroup,
    Student,
    Enrolment,
    GroupMembership,
    Lesson,
    FeeSchedule,
    MoneyPolicy,
    Payer,
    PayerLink,
    PaymentPlan,
    Instalment,
    Reminder,
    Payment,
    LedgerTransaction,
    LedgerEntry,
    Invoice,
    Company,
    CompanyContact,
    Contract,
    ContractDocument,
    ContractReading,
    ContractContact,
    ContractMove,
    ContractMessage,
    ContractReminder,
    DoorLink,
    CompanyCorrection,
    BranchCorrection,
    RhythmPeriod,
    RhythmLink,
    Refund,
    RefundShare,
    PaymentOrder,
    Transfer,
    BankFile,
    BankLine,
    Allocation,
    Certificate,
]
