/** Gogo commands of the scope {@code pktlab}. Plain components with the service properties that Gogo looks for; nothing of Gogo is imported. */
package org.pktlab.shell.commands;
