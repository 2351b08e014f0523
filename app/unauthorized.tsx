/** Never shown: whoever isn't signed in is sent to sign in. It stands for Next's own, which would travel with every page. */
export default function Unauthorized() {
  return null;
}
