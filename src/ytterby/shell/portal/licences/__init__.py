"""Pages of licences: what is left, what left; the holder reserves, customs confirms and answers messages.

Who reads what is decided by `store/reading/licences` and `store/reading/customs`; who may say what by
`actions.draw_down` and `actions.answer_customs`, which look at the log (threat Q4).
"""

from ytterby.shell.portal.audience import Audience

READERS = (Audience.AUDITOR, Audience.OFFICER, Audience.CUSTOMS, Audience.APPLICANT)
OF_CUSTOMS = (Audience.AUDITOR, Audience.OFFICER, Audience.CUSTOMS)
