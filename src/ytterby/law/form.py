"""Forms of goods that may be classified, and types of magnets. Source: DESIGN.md section 4."""

FORMS = (
    *("ore", "concentrate", "oxide", "compound", "metal", "alloy", "flake", "powder", "target", "magnet"),
    *("magnetostrictive", "crystal", "refrigerant", "hydrogen_storage", "swarf", "assembly", "catalyst", "phosphor"),
    *("ceramic", "fibre", "equipment", "technology"),
)
# Said of one metal by itself; what is alloyed is another form.
METAL = "metal"
MAGNET_TYPES = ("NdFeB", "SmCo", "other")
