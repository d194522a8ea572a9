package org.pktlab.protocol;

/** The answer to a {@link Request}; a {@link Result} also answers {@link Rendezvous} messages. */
public sealed interface Response extends Message permits Result, Mdata {}
