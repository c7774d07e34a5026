// Shows how far a job is, asking for it every second, and loads the page anew once it has ended.
"use strict";

const job = document.querySelector("[data-job]");

async function look() {
  const answer = await fetch(job.dataset.job, { headers: { Accept: "application/json" } });
  if (!answer.ok) {
    throw new Error(answer.status);
  }
  const state = await answer.json();
  if (!["waiting", "running"].includes(state.state)) {
    location.reload();
    return;
  }
  const bar = job.querySelector("progress");
  bar.max = state.total || 1;
  bar.value = state.done;
  const share = state.total ? Math.floor((100 * state.done) / state.total) : 0;
  job.querySelector(".state").textContent = state.state === "waiting" ? "Waiting for a worker" : `${share} %`;
}

async function watch() {
  try {
    await look();
  } catch {
    // The server may be away for a moment; the job goes on without us.
  }
  setTimeout(watch, 1000);
}

if (job) {
  watch();
}
