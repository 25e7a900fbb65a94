// Makes a proof beside the page, which goes on answering: gets an address, posts the proof, or null where it fails.
/* global proofOfWork */
import "./proof-work.js";

addEventListener("message", ({ data }) => proofOfWork(data).then(postMessage, () => postMessage(null)));
