"""What steps of a case are judged by, and what is worked out of a case: for actions and readings, never for a door.

Nothing here asks who reads; whoever shows anything of it does (`store.reading`).
"""
