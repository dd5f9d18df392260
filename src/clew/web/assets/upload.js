/* Shows how much of a file has been sent, and stops sending. Without this script the form is sent as it is. */
const form = document.querySelector(".clew-upload");
const [box, said, bar, stop, wrong] = ["sending", "sending-said", "sending-bar", "sending-cancel", "sending-wrong"].map(
  (name) => document.getElementById(name),
);
const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

function refuse(problems) {
  box.hidden = true;
  form.hidden = false;
  const list = wrong.querySelector("ul");
  list.replaceChildren(...problems.map((problem) => {
    const item = document.createElement("li");
    item.textContent = [problem.where && `${problem.where}:`, problem.what, problem.do].filter(Boolean).join(" ");
    return item;
  }));
  wrong.hidden = false;
  wrong.focus();
}

function answered(request) {
  let answer = {};
  try {
    answer = JSON.parse(request.responseText);
  } catch {
    answer = { problems: [{ what: "the service did not understand the file.", do: "Reload the page and try again." }] };
  }
  if (answer.to) window.location.assign(answer.to);
  else refuse(answer.problems);
}

function send(event) {
  const file = form.elements.file.files[0];
  if (!file) return;
  event.preventDefault();
  wrong.hidden = true;
  if (file.size > Number(form.dataset.limit)) {
    refuse([{ what: `the file has ${size(file.size)}, more than this service takes.`, do: "Bring it as Parquet, or in parts." }]);
    return;
  }
  const request = new XMLHttpRequest();
  const leave = (leaving) => leaving.preventDefault();
  const done = (what) => () => {
    window.removeEventListener("beforeunload", leave);
    what();
  };
  request.upload.onprogress = ({ loaded, total }) => {
    bar.value = (100 * loaded) / total;
    said.textContent = loaded < total ? `${size(loaded)} of ${size(total)} sent` : "All sent. The file is being looked over …";
  };
  request.onload = done(() => answered(request));
  request.onerror = done(() => refuse([{ what: "the connection broke.", do: "Nothing was kept. Send the file again." }]));
  request.onabort = done(() => refuse([{ what: "cancelled.", do: "Nothing of the file was kept." }]));
  stop.onclick = () => request.abort();
  window.addEventListener("beforeunload", leave);
  const body = new FormData(form);
  form.hidden = true;
  box.hidden = false;
  said.textContent = "Sending …";
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.send(body);
}

form.addEventListener("submit", send);
