// The page `/try`: sends a call as an EHR does, and has what came back shown by the service.
"use strict";

const byId = (id) => document.getElementById(id);
const JSON_TYPE = { "Content-Type": "application/json" };

async function takeSample() {
  const chosen = byId("sample").selectedOptions[0];
  if (!chosen) return;
  const name = chosen.value.split("/").map(encodeURIComponent).join("/");
  const response = await fetch(`try/samples/${name}`);
  byId("body").value = await response.text();
  byId("service").value = chosen.dataset.service;
  complain("");
}

function complain(text) {
  byId("body-fault").textContent = text;
  if (text) byId("body").setAttribute("aria-invalid", "true");
  else byId("body").removeAttribute("aria-invalid");
}

async function send(event) {
  event.preventDefault();
  const body = byId("body").value;
  try {
    JSON.parse(body);
    complain("");
  } catch (fault) {
    complain(`This is not JSON, and is sent as it stands: ${fault.message}`);
  }
  byId("progress").textContent = "Sent; waiting for the answer.";
  byId("answer").replaceChildren();
  try {
    await exchange(byId("service").value, body);
  } catch (fault) {
    byId("progress").textContent = `The service could not be reached: ${fault.message}`;
  }
}

async function exchange(service, body) {
  const started = performance.now();
  const response = await fetch(`cds-services/${encodeURIComponent(service)}`, {
    method: "POST",
    headers: JSON_TYPE,
    body,
  });
  const text = await response.text();
  const took = performance.now() - started;
  const shown = await fetch("try/cards", {
    method: "POST",
    headers: JSON_TYPE,
    body: JSON.stringify({ status: response.status, body: text }),
  });
  const page = new DOMParser().parseFromString(await shown.text(), "text/html");
  if (shown.ok) byId("answer").replaceChildren(...page.body.childNodes);
  else byId("answer").textContent = text;
  byId("answer").dataset.service = service;
  byId("progress").textContent = `${response.status}, ${took.toFixed(0)} ms, ${text.length} characters`;
  byId("answer-title").focus();
}

async function report(card, outcome) {
  const said = { card: card.dataset.card, outcomeTimestamp: new Date().toISOString(), ...outcome };
  const place = card.querySelector(".outcome");
  try {
    const service = encodeURIComponent(byId("answer").dataset.service);
    const response = await fetch(`cds-services/${service}/feedback`, {
      method: "POST",
      headers: JSON_TYPE,
      body: JSON.stringify({ feedback: [said] }),
    });
    const kept = response.ok ? "feedback was kept" : "feedback was not kept";
    place.textContent = `${said.outcome}: ${kept} (${response.status})`;
  } catch (fault) {
    place.textContent = `${said.outcome}: feedback could not be sent, ${fault.message}`;
  }
}

function accept(button) {
  const actions = byId(button.getAttribute("aria-controls"));
  const first = actions.hidden && !button.dataset.accepted;
  actions.hidden = !actions.hidden;
  button.setAttribute("aria-expanded", String(!actions.hidden));
  if (!first) return;
  button.dataset.accepted = "yes";
  const taken = [{ id: button.dataset.suggestion }];
  report(button.closest(".card"), { outcome: "accepted", acceptedSuggestions: taken });
}

function override(button) {
  const card = button.closest(".card");
  const reason = card.querySelector(".reason");
  card.classList.add("dismissed");
  const why = reason ? { overrideReason: { reason: JSON.parse(reason.value) } } : {};
  report(card, { outcome: "overridden", ...why });
}

byId("call").addEventListener("submit", send);
byId("sample").addEventListener("change", takeSample);
byId("answer").addEventListener("click", (event) => {
  if (event.target.matches("button.accept")) accept(event.target);
  if (event.target.matches("button.override")) override(event.target);
});
takeSample();
