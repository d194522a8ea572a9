/* Receives marked datagrams with kernel time stamps until its standard input ends, then writes 24 octets for each to the file named on its command line:
 * time (ns since 1970), sequence, round, time due. It sleeps most of the time, so that it takes no processor from the sender: the time stamps are the
 * kernel's, and the socket's buffer holds what comes meanwhile. Where the buffer cannot be made large enough for that, it receives at once. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define MOST 2000000
#define WANTED (192 << 20)
#define NAP_MS 500

struct arrival { uint64_t time; uint32_t sequence, round; uint64_t due; };

static struct arrival *arrivals;
static size_t count;
static unsigned char data[BATCH][2048];
static char control[BATCH][128];

static void drain(int fd) {
  struct mmsghdr messages[BATCH];
  struct iovec pieces[BATCH];
  for (;;) {
    for (int i = 0; i < BATCH; i++) {
      pieces[i] = (struct iovec) {data[i], sizeof data[i]};
      memset(&messages[i], 0, sizeof messages[i]);
      messages[i].msg_hdr.msg_iov = &pieces[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      messages[i].msg_hdr.msg_control = control[i];
      messages[i].msg_hdr.msg_controllen = sizeof control[i];
    }
    int got = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
    if (got <= 0) {
      return;
    }
    for (int i = 0; i < got && count < MOST; i++) {
      struct timespec stamp = {0, 0};
      for (struct cmsghdr *c = CMSG_FIRSTHDR(&messages[i].msg_hdr); c; c = CMSG_NXTHDR(&messages[i].msg_hdr, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
          memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
        }
      }
      if (messages[i].msg_len >= 16) {
        struct arrival *a = &arrivals[count++];
        uint32_t word;
        uint64_t due;
        a->time = (uint64_t) stamp.tv_sec * 1000000000u + (uint64_t) stamp.tv_nsec;
        memcpy(&word, data[i], 4);
        a->sequence = be32toh(word);
        memcpy(&word, data[i] + 4, 4);
        a->round = be32toh(word);
        memcpy(&due, data[i] + 8, 8);
        a->due = be64toh(due);
      }
    }
  }
}

int main(int argc, char **argv) {
  if (argc != 2) {
    return 2;
  }
  arrivals = malloc(MOST * sizeof *arrivals);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  int wanted = WANTED, on = 1, buffer = 0;
  socklen_t length = sizeof buffer;
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted) != 0) {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
  }
  getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, &length);
  setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (!arrivals || bind(fd, (struct sockaddr *) &address, sizeof address) != 0 || getsockname(fd, (struct sockaddr *) &address, &size) != 0) {
    return 1;
  }
  printf("port %d buffer %d\n", ntohs(address.sin_port), buffer);
  fflush(stdout);
  int naps = buffer >= WANTED;
  for (;;) {
    struct pollfd fds[2] = {{STDIN_FILENO, POLLIN, 0}, {fd, POLLIN, 0}};
    poll(fds, naps ? 1 : 2, NAP_MS);
    drain(fd);
    char c;
    if (fds[0].revents && read(STDIN_FILENO, &c, 1) <= 0) {
      break;
    }
  }
  drain(fd);
  FILE *file = fopen(argv[1], "wb");
  if (!file || fwrite(arrivals, sizeof *arrivals, count, file) != count || fclose(file) != 0) {
    return 1;
  }
  return 0;
}
