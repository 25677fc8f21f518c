import { carrierSuite } from "../carrier-suite.ts";
import { geis } from "./index.ts";

carrierSuite(geis, import.meta.dirname, { codes_are_secret: true });
