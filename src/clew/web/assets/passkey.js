// Says on the page when a passkey could not be used; without a device that knows passkeys, the way is not shown.
if (!window.PublicKeyCredential) {
  for (const form of document.querySelectorAll('.clew-needs-script')) form.hidden = true
}
document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  for (const said of document.querySelectorAll('.clew-passkey-failed')) said.hidden = false
})
