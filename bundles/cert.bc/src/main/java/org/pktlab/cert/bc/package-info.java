/**
 * The trust floor on Bouncy Castle's Ed25519: decodes, verifies, issues and stores. It exports nothing; inside OSGi its services are found
 * in the registry, on a flat class path through {@link org.pktlab.cert.bc.BouncyCastleTrust}.
 */
package org.pktlab.cert.bc;
