"""What is declared of true masses: weighings and assays with their errors, rounded as they are written down.

A lot of true element masses m is declared with the net mass w and the content c, so that w c = m (1 + r + s): w by a
scale with a small random error; c by a laboratory with a random error r and the bias s of (laboratory, form, epoch,
element), one draw for all (the model of `ytterby.matter.mass`). Beside c stand its combined standard uncertainty and
its systematic part, worked out from what is declared. Figures are whole units of what is written: grams of a net mass,
hundredths of mg/kg.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ytterby.matter.mass import FloatArray
from ytterby.nation.diversion import Bend, Diversion, Diverting
from ytterby.nation.month import Month, true_months
from ytterby.nation.plan import IntArray, Plan
from ytterby.nation.tables import Form

CONTENT_PARTS = 100  # a content is written to hundredths of mg/kg
STOCK, STOCK_METHOD, LOSS_METHOD = "stock", "inventory", "loss estimate"
_BIASES, _ERRORS, _OPENING = 41, 42, 43


@dataclass(frozen=True)
class Figures:
    """Declared figures of lots (any shape), and of E elements each.

    `net_g` and `s_dev_g`, whole grams; `content`, `u` (combined) and `shared` (its systematic part), hundredths of
    mg/kg, of a last axis E.
    """

    net_g: IntArray
    s_dev_g: IntArray
    content: IntArray
    u: IntArray
    shared: IntArray

    def mass_kg(self) -> FloatArray:
        """Return the element masses, kg."""
        found: FloatArray = self.net_g[..., np.newaxis] * self.content / (1000.0 * CONTENT_PARTS * 1e6)
        return found

    def random_kg(self) -> FloatArray:
        """Return the random standard deviations of the element masses, kg, as `matter.declared` works them out."""
        scale = CONTENT_PARTS * 1e6
        net, s_dev = self.net_g[..., np.newaxis] / 1000.0, self.s_dev_g[..., np.newaxis] / 1000.0
        own = np.sqrt((self.u / scale) ** 2 - (self.shared / scale) ** 2)
        found: FloatArray = np.sqrt((net * own) ** 2 + (self.content / scale * s_dev) ** 2)
        return found

    def shared_kg(self) -> FloatArray:
        """Return the systematic standard deviations of the element masses, kg."""
        found: FloatArray = self.net_g[..., np.newaxis] / 1000.0 * (self.shared / (CONTENT_PARTS * 1e6))
        return found


@dataclass(frozen=True)
class Declared:
    """A month as it is declared. P plants, L links of which B lead to plants, K lots.

    `sent` (L x K) by the senders; `got` (B x K) by the receivers of this month's lots, whenever they arrive; `weighed`
    (L x K) net masses by end users' scales, g; `mined` (P x K) of mines; `lost` (P); `opening` (P, the first month
    only) and `stock` (P) at the end.
    """

    month: Month
    bend: Bend
    sent: Figures
    got: Figures
    weighed: IntArray
    mined: Figures
    lost: Figures
    opening: Figures | None
    stock: Figures


class Speakers:
    """The laboratories' and methods' biases, drawn once for each epoch, and how figures come from true masses."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.elements = plan.scenario.elements
        self.stock_form = self._of_plants("stock_form")
        self.loss_form = self._of_plants("loss_form")
        forms = plan.tables.forms.values()
        self.random_sd = np.array([form.random for form in forms])
        self.shared_sd = np.array([form.systematic for form in forms])
        self.usual = np.array([[form.content[e] for e in self.elements] for form in forms])
        self._biases: dict[int, Mapping[str, FloatArray]] = {}

    def _of_plants(self, name: str) -> IntArray:
        form_of = self.plan.form_of
        return np.array([form_of[getattr(plant.kind, name)] for plant in self.plan.plants], dtype=np.int64)

    @cached_property
    def stock_figures(self) -> Form:
        """The standard deviations of a stock, whatever its form."""
        return self.plan.tables.forms[STOCK]

    def biases(self, epoch: int) -> Mapping[str, FloatArray]:
        """Return the relative biases of an epoch: `laboratory` (laboratories x forms x E), `stock`, `loss` (P x E)."""
        if epoch not in self._biases:
            random = np.random.default_rng([self.plan.scenario.seed, _BIASES, epoch])
            plants = (len(self.plan.plants), len(self.elements))
            shape = (len(self.plan.laboratories), len(self.plan.form_of), len(self.elements))
            self._biases = {
                epoch: {
                    "laboratory": random.standard_normal(shape) * self.shared_sd[:, np.newaxis],
                    # An inventory method and a loss method are the plant's own and stay.
                    "stock": self._lasting(1, plants) * self.stock_figures.systematic,
                    "loss": self._lasting(2, plants) * self.shared_sd[self.loss_form][:, np.newaxis],
                }
            }
        return self._biases[epoch]

    def _lasting(self, which: int, shape: tuple[int, ...]) -> FloatArray:
        random = np.random.default_rng([self.plan.scenario.seed, _BIASES, 0, which])
        found: FloatArray = random.standard_normal(shape)
        return found

    def figures(
        self,
        mass_mg: FloatArray,
        forms: IntArray,
        bias: FloatArray,
        random: np.random.Generator,
        *,
        sds: tuple[FloatArray, FloatArray],
        part: FloatArray | None = None,
    ) -> Figures:
        """Return what is declared of true masses (... x E), with forms (...) and biases (... x E).

        `sds` are the random and systematic relative standard deviations (...); `part` (...) is what a scale shows of
        the true net mass, 1 where nobody cheats.
        """
        usual = self.usual[forms]
        net_kg = mass_mg[..., 0] / usual[..., 0]
        shown = net_kg * (1.0 + self.plan.scenario.weighing * random.standard_normal(net_kg.shape))
        net_g = np.rint((shown if part is None else shown * part) * 1000.0)
        true_content = np.divide(
            mass_mg, net_kg[..., np.newaxis], out=np.zeros_like(mass_mg), where=net_kg[..., np.newaxis] > 0
        )
        own = sds[0][..., np.newaxis] * random.standard_normal(mass_mg.shape)
        content = np.rint(np.maximum(true_content * (1.0 + own + bias), 0.0) * CONTENT_PARTS)
        u = np.rint(np.hypot(*sds)[..., np.newaxis] * content)
        shared = np.minimum(np.rint(sds[1][..., np.newaxis] * content), u)
        s_dev = np.maximum(np.rint(net_g * self.plan.scenario.weighing), 1.0)
        whole = [x.astype(np.int64) for x in (net_g, s_dev, content, u, shared)]
        return Figures(*whole)

    def forms_sds(self, forms: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return the random and systematic relative standard deviations of lots of these forms."""
        return self.random_sd[forms], self.shared_sd[forms]


def declared_months(plan: Plan, diversions: Sequence[Diversion] = ()) -> Iterator[Declared]:
    """Yield the months of a nation as declared. Memory does not grow with the months."""
    speakers, diverting = Speakers(plan), Diverting(plan, diversions)
    for month in true_months(plan):
        bend = diverting.bend(month)
        yield _declare(plan, speakers, month, bend, diverting.added)


def _declare(plan: Plan, speakers: Speakers, month: Month, bend: Bend, added: IntArray) -> Declared:
    # Every kind of figure has a stream of its own: a diversion changes values and never which error is drawn.
    seed, between, lots = plan.scenario.seed, plan.between, plan.scenario.lots
    streams = [np.random.default_rng([seed, _ERRORS, month.number, i]) for i in range(6)]
    biases = speakers.biases(plan.scenario.epoch(month.number))
    forms = np.repeat(plan.link_form[:, np.newaxis], lots, axis=1)
    masses = month.lots.astype(np.float64)
    sent_bias = _of_laboratories(biases, plan.laboratory_of[plan.sender], plan.link_form)
    got_bias = _of_laboratories(biases, plan.laboratory_of[plan.receiver[:between]], plan.link_form[:between])
    shown = np.repeat((1.0 - bend.cut[:between])[:, np.newaxis], lots, axis=1)
    sent = speakers.figures(masses, forms, sent_bias, streams[0], sds=speakers.forms_sds(forms))
    got = speakers.figures(
        masses[:between], forms[:between], got_bias, streams[1], sds=speakers.forms_sds(forms[:between]), part=shown
    )
    noise = 1.0 + plan.scenario.weighing * streams[2].standard_normal(sent.net_g.shape)
    true_net_g = masses[..., 0] / speakers.usual[forms][..., 0] * 1000.0
    first = _stock(plan, speakers, month.opening + added, biases, _OPENING, 0) if month.number == 0 else None
    return Declared(
        month=month,
        bend=bend,
        sent=sent,
        got=got,
        weighed=np.rint(true_net_g * noise).astype(np.int64),
        mined=_mined(plan, speakers, month, biases, streams[3]),
        lost=speakers.figures(
            (month.lost + bend.feigned).astype(np.float64),
            speakers.loss_form,
            biases["loss"],
            streams[4],
            sds=speakers.forms_sds(speakers.loss_form),
        ),
        opening=first,
        stock=_stock(plan, speakers, month.closing + added - bend.lacking, biases, _ERRORS, month.number),
    )


def _stock(
    plan: Plan, speakers: Speakers, mass_mg: IntArray, biases: Mapping[str, FloatArray], stream: int, month: int
) -> Figures:
    random = np.random.default_rng([plan.scenario.seed, stream, month, 9])
    count = len(plan.plants)
    sds = (np.full(count, speakers.stock_figures.random), np.full(count, speakers.stock_figures.systematic))
    return speakers.figures(mass_mg.astype(np.float64), speakers.stock_form, biases["stock"], random, sds=sds)


def _mined(
    plan: Plan, speakers: Speakers, month: Month, biases: Mapping[str, FloatArray], random: np.random.Generator
) -> Figures:
    # Who takes nothing from the ground has no feed: his rows stand empty and are asked for by nobody.
    forms = np.repeat(plan.feed_form[:, np.newaxis], plan.scenario.lots, axis=1)
    bias = _of_laboratories(biases, plan.laboratory_of, plan.feed_form)
    return speakers.figures(month.produced.astype(np.float64), forms, bias, random, sds=speakers.forms_sds(forms))


def _of_laboratories(biases: Mapping[str, FloatArray], laboratories: IntArray, forms: IntArray) -> FloatArray:
    """Return the biases of laboratories on forms (n) for every lot (n x 1 x E)."""
    found: FloatArray = biases["laboratory"][laboratories, forms][:, np.newaxis, :]
    return found
