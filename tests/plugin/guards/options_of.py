"""Each option that can harm: when it may be offered, and the patients on whom that is tried."""

from __future__ import annotations

from typing import NamedTuple

from tests.plugin.guards import calcium, electrolytes, fluids, interactions, reviews, statins
from tests.plugin.guards.chart import NOTHING, has, lab, takes
from tests.plugin.guards.judged import Predicate
from tests.plugin.guards.options import (
    AGENTS,
    CALCIUM,
    IONISED,
    KIDNEY_FUNCTION,
    KIDNEY_ILLNESS,
    KINASE,
    MAGNESIUM,
    NOT_LOW_CALCIUM,
    POTASSIUM,
    PROBLEMS,
    SODIUM,
    THYROTROPIN,
    UNREAD_DRUG,
    VITAMIN_D,
    Part,
    also,
    around,
    drug,
    illness,
    taking,
)


class Tried(NamedTuple):
    """A predicate, and the parts whose product is every patient it is tried on."""

    predicate: Predicate
    parts: tuple[Part, ...]
    unforced: bool = True  # the predicate also says when the policy's rows propose the option


SYMPTOM = Part(
    (has("muscle pain"), NOTHING, has("muscle weakness")),
    (
        has("muscle cramp"),
        has("night leg cramp"),
        has("muscle pain", state="refuted"),
        has("muscle pain", state="resolved"),
        has("muscle weakness", "muscle cramp"),
    ),
)
CRAMP = Part(
    (has("muscle cramp"), NOTHING),
    (has("night leg cramp"), has("muscle pain"), has("muscle cramp", state="resolved")),
)
STATIN = taking("atorvastatin", "simvastatin")
ON_A_STATIN = (
    KINASE,
    SYMPTOM,
    STATIN,
    illness("rhabdomyolysis"),
    illness("dark urine"),
    illness("acute kidney injury", "fever"),
    illness("immune-mediated myopathy"),
)
# Between five and ten limits, one further sign tips the scale; so does any symptom with dark urine.
VERY_HIGH = around("ck", "300", "1000", "2000", step="1")
STOPPED = (
    Part((lab("ck", "1500"), lab("ck", "1500", 31), *VERY_HIGH.core), KINASE.more),
    Part(
        (NOTHING, *(has(name) for name in statins.SYMPTOMS)),
        tuple(has(name, state="refuted") for name in statins.SYMPTOMS),
    ),
    Part(STATIN.core[:1], STATIN.core[1:] + STATIN.more),
    *ON_A_STATIN[3:6],
    Part((NOTHING,), illness("immune-mediated myopathy").all[1:]),
)
KIDNEYS = (KIDNEY_FUNCTION, KIDNEY_ILLNESS)
POTASSIUM_ILLNESS = illness("high potassium", "paralysis", "ECG changes")
VERY_HIGH_OR_LOW = also(
    Part((NOTHING, lab("potassium", "2.49"), lab("potassium", "6.0"), lab("magnesium", "0.99"))),
    *(lab("potassium", value) for value in ("2.5", "5.99")),
    lab("magnesium", "1.0"),
    lab("potassium", "2.2", sample="haemolysed"),
    lab("potassium", "6.4", 91),
)

DOSED = (
    Part(
        (
            takes("simvastatin", mg=40),
            takes("simvastatin", mg=20),
            takes("simvastatin", mg=10),
            takes("simvastatin"),
            takes("lovastatin", mg=40) + lab("egfr", "29.9"),
            takes("lovastatin", mg=20) + lab("egfr", "29.9"),
            takes("lovastatin") + lab("egfr", "29.9"),
            takes("lovastatin", mg=40) + lab("egfr", "30"),
            takes("lovastatin", mg=40),
            takes("rosuvastatin", mg=10),
            NOTHING,
        ),
        (
            takes("simvastatin", mg=40, state="stopped"),
            takes("simvastatin", mg=10) + takes("simvastatin", mg=40),
            takes("simvastatin", mg=10) + takes("simvastatin", mg=40, state="on-hold"),
            takes("lovastatin", mg=40) + lab("egfr", "20", 91),
        ),
    ),
    Part(
        (*(takes(name) for name in ("amlodipine", "verapamil", "clarithromycin")), NOTHING),
        (
            takes("amlodipine", state="stopped"),
            takes("clarithromycin", state="on-hold"),
            takes("clarithromycin", "amlodipine"),
        ),
    ),
)
DESMOPRESSIN = Part(
    (NOTHING, *(takes("desmopressin", n) for n in ("furosemide", "prednisone", "fluticasone"))),
    (
        takes("desmopressin"),
        takes("furosemide"),
        takes("desmopressin", "prednisone", state="stopped"),
        takes("desmopressin") + takes("furosemide", state="on-hold"),
    ),
)
STACK = Part(
    (
        NOTHING,
        takes("lisinopril", "losartan", "trimethoprim"),
        takes("trimethoprim", "spironolactone"),
    ),
    (
        takes("lisinopril", "losartan"),
        takes("trimethoprim", "lisinopril"),
        takes("spironolactone"),
    ),
)

TRIED = {
    "potassium-repletion-review": Tried(
        electrolytes.potassium_replacement,
        (
            POTASSIUM,
            *KIDNEYS,
            AGENTS,
            UNREAD_DRUG,
            POTASSIUM_ILLNESS,
            PROBLEMS,
            taking("furosemide", "albuterol"),
        ),
    ),
    "potassium-sparing-or-raas-combination-review": Tried(
        electrolytes.potassium_holding_combination,
        (
            POTASSIUM,
            *KIDNEYS,
            AGENTS,
            SODIUM,
            UNREAD_DRUG,
            POTASSIUM_ILLNESS,
            illness("pregnancy"),
            PROBLEMS,
            taking("hydrochlorothiazide"),
        ),
    ),
    "magnesium-repletion-review": Tried(
        electrolytes.magnesium_replacement,
        (
            MAGNESIUM,
            *KIDNEYS,
            illness("myasthenia"),
            illness("heart block"),
            PROBLEMS,
            taking("omeprazole", "furosemide"),
        ),
    ),
    "coq10-review": Tried(
        statins.coenzyme_q10,
        (
            *ON_A_STATIN,
            illness("pregnancy"),
            drug(*statins.VITAMIN_K_ANTAGONISTS),
            drug("coenzyme q10"),
            UNREAD_DRUG,
        ),
    ),
    "statin-pause-rechallenge-review": Tried(statins.statin_pause, ON_A_STATIN),
    "statin-switch-review": Tried(statins.statin_switch, ON_A_STATIN),
    "statin-stop-now": Tried(statins.statin_stop, STOPPED),
    "hydration-review": Tried(
        fluids.fluids,
        (
            CRAMP,
            SODIUM,
            *KIDNEYS,
            illness("heart failure"),
            illness("low sodium"),
            Part(
                (NOTHING, takes("desmopressin", "furosemide")),
                (takes("desmopressin", state="stopped"),),
            ),
            taking("furosemide", "hydrochlorothiazide", "indapamide"),
            VERY_HIGH_OR_LOW,
            PROBLEMS,
        ),
    ),
    "calcium-repletion-review": Tried(
        calcium.calcium_replacement,
        (
            CALCIUM,
            IONISED,
            *KIDNEYS,
            illness("high calcium"),
            illness("tetany", "long QT"),
            UNREAD_DRUG,
            PROBLEMS,
            taking("alendronate", "denosumab"),
        ),
    ),
    "vitamin-d-repletion-review": Tried(
        calcium.vitamin_d,
        (
            VITAMIN_D,
            NOT_LOW_CALCIUM,
            *KIDNEYS,
            illness("high calcium"),
            SYMPTOM,
            UNREAD_DRUG,
            taking("furosemide"),
        ),
    ),
    "calcium-intake-review": Tried(
        calcium.calcium_intake,
        (
            taking(*calcium.CALCIUM, *calcium.VITAMIN_D),
            Part((lab("calcium", "11.0"), *NOT_LOW_CALCIUM.core), NOT_LOW_CALCIUM.more),
            drug("hydrochlorothiazide"),
        ),
        unforced=False,
    ),
    "calcium-lowering-drug-review": Tried(
        calcium.calcium_lowering_drug,
        (taking(*calcium.LOWERS), CALCIUM, IONISED),
        unforced=False,
    ),
    "desmopressin-review": Tried(
        reviews.desmopressin, (taking("desmopressin"), drug("furosemide")), unforced=False
    ),
    "thiazide-review": Tried(
        reviews.thiazide, (taking(*fluids.THIAZIDES), drug("furosemide")), unforced=False
    ),
    "diuretic-review": Tried(
        reviews.diuretic,
        (
            taking(*reviews.LOOPS, *fluids.THIAZIDES, *reviews.OTHER_DIURETICS),
            drug(*reviews.MRAS, *reviews.SPARING, "quinine"),
        ),
        unforced=False,
    ),
    "mra-review": Tried(reviews.mra, (taking(*reviews.MRAS), drug("triamterene")), unforced=False),
    "potassium-sparing-review": Tried(
        reviews.potassium_sparing,
        (taking(*reviews.SPARING), drug("spironolactone")),
        unforced=False,
    ),
    "ppi-review": Tried(reviews.ppi, (taking(*reviews.PPIS), drug("famotidine")), unforced=False),
    "potassium-supplement-stop-review": Tried(
        reviews.potassium_supplement,
        (
            taking(*electrolytes.SUPPLEMENTS),
            Part((lab("potassium", "5.4"), *POTASSIUM.core), POTASSIUM.more),
            drug("spironolactone"),
        ),
        unforced=False,
    ),
    "non-isa-beta-blocker-review": Tried(
        reviews.partial_agonist,
        (taking(*reviews.PARTIAL_AGONISTS), CRAMP, drug("metoprolol")),
        unforced=False,
    ),
    "quinine-stop-review": Tried(
        reviews.quinine, (taking("quinine"), illness("malaria"), CRAMP), unforced=False
    ),
    "levothyroxine-dose-review": Tried(
        reviews.levothyroxine,
        (taking("levothyroxine"), THYROTROPIN, SYMPTOM, drug("atorvastatin")),
        unforced=False,
    ),
    "laba-lowest-dose-review": Tried(
        reviews.long_acting_beta_agonist,
        (taking(*reviews.LABAS), SYMPTOM, drug("fluticasone", "albuterol")),
    ),
    "statin-dose-cap": Tried(interactions.dose_cap, DOSED),
    "statin-suspend-during-interacting-course": Tried(
        interactions.suspension,
        (Part((takes("simvastatin"), *DOSED[0].core), DOSED[0].more), DOSED[1]),
    ),
    "interacting-drug-alternative-review": Tried(
        interactions.alternative,
        (
            Part((takes("rosuvastatin", mg=10), *DOSED[0].core), DOSED[0].more),
            DOSED[1],
            STACK,
            DESMOPRESSIN,
        ),
    ),
}
