/* Sends marked datagrams of 64 octets to a port of loopback, which it also holds open, at one rate after the other, half a second each. For each round
 * it prints: round, datagrams sent, nanoseconds from the first to the last.
 *   flood PORT RATE... */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 32
#define ROUND_NS 500000000ull
#define PAUSE_US 1500000

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t) time.tv_sec * 1000000000u + (uint64_t) time.tv_nsec;
}

int main(int count, char **words) {
  int out = socket(AF_INET, SOCK_DGRAM, 0);
  int in = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t) atoi(words[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  static unsigned char data[BATCH][64];
  struct mmsghdr messages[BATCH];
  struct iovec pieces[BATCH];
  if (count < 3 || out < 0 || in < 0 || bind(in, (struct sockaddr *) &to, sizeof to) || connect(out, (struct sockaddr *) &to, sizeof to)) {
    perror("flood");
    return 1;
  }
  for (int round = 1; round < count - 1; round++) {
    double rate = atof(words[round + 1]);
    uint64_t sent = 0, begin = now(), last = begin;
    while (last - begin < ROUND_NS) {
      uint64_t due = (uint64_t) ((double) (now() - begin) * rate / 1e9) + 1;
      int batch = due > sent ? (due - sent < BATCH ? (int) (due - sent) : BATCH) : 0;
      for (int i = 0; i < batch; i++) {
        uint32_t sequence = htobe32((uint32_t) (sent + (uint64_t) i)), mark = htobe32((uint32_t) round);
        memcpy(data[i], &sequence, 4);
        memcpy(data[i] + 4, &mark, 4);
        pieces[i] = (struct iovec) {data[i], sizeof data[i]};
        memset(&messages[i], 0, sizeof messages[i]);
        messages[i].msg_hdr.msg_iov = &pieces[i];
        messages[i].msg_hdr.msg_iovlen = 1;
      }
      int done = batch > 0 ? sendmmsg(out, messages, (unsigned) batch, 0) : 0;
      sent += done > 0 ? (uint64_t) done : 0;
      last = now();
    }
    printf("%d %llu %llu\n", round, (unsigned long long) sent, (unsigned long long) (last - begin));
    fflush(stdout);
    usleep(PAUSE_US);
  }
  return 0;
}
