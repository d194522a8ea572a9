import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Counts tests from the JUnit reports below a folder, in {@code target/surefire-reports}, {@code failsafe-reports} and {@code test-reports}. Prints what failed and
 * what was skipped, then one line with the counts. Exit status 1 when a test failed, when one was skipped that is not left to {@code --long} and whose reason does
 * not begin with {@code optional: }, or when there was none. Run as a source file, so that it works whatever the state of the build is.
 */
public final class TestReport {
  private static final String OPTIONAL = "optional: ";

  /** What JUnit says of tests that only run with {@code --long}. */
  private static final String LONG = "System property [pktlab.long]";

  private static final int LINES = 12;

  private final List<String> failures = new ArrayList<>();
  private final List<String> skips = new ArrayList<>();
  private int passed;
  private int failed;
  private int skipped;
  private boolean neededSkipped;

  private TestReport() {}

  public static void main(String[] arguments) throws Exception {
    TestReport report = new TestReport();
    DocumentBuilder parser = parser();
    for (Path file : reports(Path.of(arguments[0]))) {
      report.read(parser, file);
    }
    report.failures.forEach(System.out::println);
    report.skips.forEach(System.out::println);
    System.out.println(report.passed + " passed, " + report.failed + " failed, " + report.skipped + " skipped");
    System.exit(report.failed > 0 || report.neededSkipped || report.passed == 0 ? 1 : 0);
  }

  private static DocumentBuilder parser() throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    return factory.newDocumentBuilder();
  }

  private static List<Path> reports(Path root) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            return name.startsWith(".") && !folder.equals(root) || name.equals("src") || name.equals("dist") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String text = file.toString().replace('\\', '/');
            if (text.matches(".*/target/((surefire|failsafe)-reports/TEST-|test-reports/).*\\.xml")) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    found.sort(null);
    return found;
  }

  private void read(DocumentBuilder parser, Path file) throws IOException {
    NodeList cases;
    try {
      cases = parser.parse(file.toFile()).getElementsByTagName("testcase");
    } catch (SAXException e) {
      failed++;
      failures.add("FAILED " + file + ": the report is cut off, so its tests died: " + e.getMessage());
      return;
    }
    for (int i = 0; i < cases.getLength(); i++) {
      Element test = (Element) cases.item(i);
      String name = test.getAttribute("classname") + "." + test.getAttribute("name");
      Element failure = child(test, "failure", "error");
      Element skip = child(test, "skipped");
      if (failure != null) {
        failed++;
        failures.add("FAILED " + name + "\n" + indent(failure.getTextContent().isBlank() ? failure.getAttribute("message") : failure.getTextContent()));
      } else if (skip != null) {
        skipped++;
        String reason = skip.getAttribute("message").isEmpty() ? skip.getTextContent().strip() : skip.getAttribute("message");
        boolean optional = reason.startsWith(OPTIONAL) || reason.startsWith(LONG);
        neededSkipped |= !optional;
        skips.add((optional ? "skipped " : "SKIPPED ") + name + ": " + reason.lines().findFirst().orElse("no reason given"));
      } else {
        passed++;
      }
    }
  }

  private static Element child(Element test, String... names) {
    for (String name : names) {
      NodeList children = test.getElementsByTagName(name);
      if (children.getLength() > 0) {
        return (Element) children.item(0);
      }
    }
    return null;
  }

  private static String indent(String text) {
    StringBuilder out = new StringBuilder();
    text.lines().limit(LINES).forEach(line -> out.append("    ").append(line).append('\n'));
    return out.toString().stripTrailing();
  }
}
