"""What moves: elements, oxides, assays, and masses with their uncertainty.

What this room knows. The seventeen rare earths and their weights (`element`), formulas (`formula`), the factors
between element and oxide (`oxide`), compounds (`compound`), forms and what they can hold (`form`), assays and what
cannot be true of one (`assay`), masses of elements with random parts and systematic groups (`mass`), what is assumed
where nothing is stated (`uncertainty`), and how a weighed and assayed lot becomes kilograms of element (`declared`).

What it never does. It reads no file: tables are CSV beside this code, whose text the shell hands in
(`tables.read_matter_tables`). It never mixes element and oxide, dry and wet, gross and net without saying so.

Terms. *REO*: mass as rare-earth oxide. *TREO*: the sum of all of them. *Group*: items that share one draw of a
systematic error. *Assumed*: taken from the starting table.

Invariants. Masses are kilograms of element, float64, over the 17 elements in order of Z. What is declared stays an
exact decimal. Factors come from atomic weights with O = 15.999, never from rounded tables.

Sources. CIAAW standard atomic weights; GUM, JCGM 100:2008; the rows of each table name their own.
"""

from ytterby.matter.assay import Assay, check_assays
from ytterby.matter.compound import Compound
from ytterby.matter.declared import DeclaredQuantity, Distribution, Moisture, element_mass, measure
from ytterby.matter.element import ELEMENTS, POSITION, Element, ElementTable
from ytterby.matter.mass import ElementMass, FloatArray, MassUncertainty, combine, no_mass
from ytterby.matter.oxide import conform_reo, element_per_oxide, oxide_factors, reo_percent
from ytterby.matter.tables import FILES, MatterTables, read_matter_tables
from ytterby.matter.uncertainty import StartingUncertainty, mass_uncertainty

__all__ = [
    "ELEMENTS",
    "FILES",
    "POSITION",
    "Assay",
    "Compound",
    "DeclaredQuantity",
    "Distribution",
    "Element",
    "ElementMass",
    "ElementTable",
    "FloatArray",
    "MassUncertainty",
    "MatterTables",
    "Moisture",
    "StartingUncertainty",
    "check_assays",
    "combine",
    "conform_reo",
    "element_mass",
    "element_per_oxide",
    "mass_uncertainty",
    "measure",
    "no_mass",
    "oxide_factors",
    "read_matter_tables",
    "reo_percent",
]
