package org.pktlab.protocol;

/** What a controller asks of an endpoint; each is answered by exactly one {@link Response}, in order. */
public sealed interface Request extends Message
    permits Cdata, Start, End, Yield, Cont, Mread, Mwrite, Nopen, Nclose, Nsend, Ncap, Nctl {}
