/** A Gogo session over a local socket for the owner of the container. */
package org.pktlab.shell.local;
