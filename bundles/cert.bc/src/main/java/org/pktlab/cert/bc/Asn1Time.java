package org.pktlab.cert.bc;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** UTCTime and GeneralizedTime as nanoseconds since 1970 (packetlab-trust sections 4.1 and 6). */
final class Asn1Time {
  /** 9999-12-31T23:59:59Z, the last date that can be written. */
  static final long LAST_SECOND = 253_402_300_799L;

  private static final long FIRST_SECOND_OF_2050 = 2_524_608_000L;
  private static final long NS = 1_000_000_000L;
  private static final int[] DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

  private Asn1Time() {}

  /**
   * Reads a date: seconds and Z are needed, fractions are refused. A date before 1970 counts as the same day and time in 1970, one that 64
   * bits cannot hold as 2^64-1.
   *
   * @return nanoseconds since 1970, unsigned
   */
  static long nanoseconds(int tag, byte[] text) throws MalformedDerException {
    int yearDigits = tag == DerReader.UTC_TIME ? 2 : 4;
    if (text.length != yearDigits + 11 || text[text.length - 1] != 'Z') {
      throw new MalformedDerException("a date is not written with seconds and Z");
    }
    int year = number(text, 0, yearDigits);
    if (yearDigits == 2) {
      year += year < 50 ? 2000 : 1900;
    }
    int month = number(text, yearDigits, 2);
    int day = number(text, yearDigits + 2, 2);
    int hour = number(text, yearDigits + 4, 2);
    int minute = number(text, yearDigits + 6, 2);
    int second = number(text, yearDigits + 8, 2);
    boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) {
      throw new MalformedDerException("a date has a part out of range");
    }
    if (day < 1 || day > DAYS[month - 1] + (leap && month == 2 ? 1 : 0)) {
      throw new MalformedDerException("a date names day " + day + " of month " + month);
    }
    // The first of the month and then days: 29 February of an early leap year has no counterpart in 1970.
    LocalDateTime time = LocalDateTime.of(Math.max(year, 1970), month, 1, hour, minute, second).plusDays(day - 1L);
    long seconds = time.toEpochSecond(ZoneOffset.UTC);
    return seconds > Long.divideUnsigned(-1L, NS) ? -1 : seconds * NS;
  }

  /** Returns the element for a date: UTCTime before 2050, GeneralizedTime from then on. */
  static byte[] element(long epochSecond) {
    LocalDateTime time = LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC);
    boolean utc = epochSecond < FIRST_SECOND_OF_2050;
    String year = utc ? String.format("%02d", time.getYear() % 100) : String.format("%04d", time.getYear());
    String rest =
        String.format(
            "%02d%02d%02d%02d%02dZ", time.getMonthValue(), time.getDayOfMonth(), time.getHour(), time.getMinute(), time.getSecond());
    return DerWriter.ascii(utc ? DerReader.UTC_TIME : DerReader.GENERALIZED_TIME, year + rest);
  }

  private static int number(byte[] text, int from, int digits) throws MalformedDerException {
    int value = 0;
    for (int i = from; i < from + digits; i++) {
      if (text[i] < '0' || text[i] > '9') {
        throw new MalformedDerException("a date has something else than digits");
      }
      value = value * 10 + (text[i] - '0');
    }
    return value;
  }
}
