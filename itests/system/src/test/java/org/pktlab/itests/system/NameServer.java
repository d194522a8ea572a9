package org.pktlab.itests.system;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** A DNS server on port 53 that answers every question with one address. */
final class NameServer implements AutoCloseable {
  static final String ADDRESS = "192.0.2.55";

  private static final int HEADER = 12;

  private final DatagramSocket socket;

  NameServer(String address) throws IOException {
    socket = new DatagramSocket(new InetSocketAddress(InetAddress.getByName(address), 53));
    Thread thread = new Thread(this::serve, "name-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    byte[] query = new byte[1500];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(query, query.length);
        socket.receive(packet);
        byte[] answer = answer(query);
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        // closed, or an asker that has left
      }
    }
  }

  private static byte[] answer(byte[] query) throws IOException {
    int end = HEADER;
    while (query[end] != 0) {
      end += query[end] + 1;
    }
    end += 5; // the root label, type and class
    ByteBuffer answer = ByteBuffer.allocate(end + 16);
    answer.put(query, 0, 2).putShort((short) 0x8180).putShort((short) 1).putShort((short) 1).putInt(0).put(query, HEADER, end - HEADER);
    answer.putShort((short) 0xc00c).putShort((short) 1).putShort((short) 1).putInt(300);
    answer.putShort((short) 4).put(InetAddress.getByName(ADDRESS).getAddress());
    return answer.array();
  }

  @Override
  public void close() {
    socket.close();
  }
}
