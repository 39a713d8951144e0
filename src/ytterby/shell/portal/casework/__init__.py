"""Pages of the licence office: lists of work, a case for each who may read it, its forms, an application, a status.

Each page is made of what the store answers this viewer (`store/reading/casework`), so that no page can show more than
that; what is sent goes through `actions.casework`, with the version that was seen. Who is signed in as a party or
auditor of a demo, and not as a person, reads and sends nothing.
"""

from ytterby.shell.portal.audience import Audience

OFFICES = (Audience.AUDITOR, Audience.OFFICER)
BODIES = (*OFFICES, Audience.PROVINCE, Audience.DEPARTMENT)
PARTIES = (Audience.APPLICANT, Audience.END_USER)
EVERY_READER = (*BODIES, *PARTIES)
