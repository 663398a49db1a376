package compatibility;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;

/** An application in a jar: its words, a job whose functions are in the jar, what is on standard input, an exit code. */
public final class Words {
  private Words() {}

  public static String join(String left, String right) {
    return left + "+" + right;
  }

  public static void main(String[] words) throws IOException {
    System.out.println(Arrays.toString(words));
    SparkSession spark = SparkSession.builder().getOrCreate();
    MapFunction<Long, String> name = number -> join("n", String.valueOf(number));
    System.out.println(spark.range(5).map(name, Encoders.STRING()).collectAsList());
    System.out.println(spark.range(1000).selectExpr("sum(id)").first());
    String input = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    System.out.println("standard input: " + input);
    spark.stop();
    System.exit(5);
  }
}
