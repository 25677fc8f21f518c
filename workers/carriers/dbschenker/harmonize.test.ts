import { carrierSuite } from "../carrier-suite.ts";
import { dbschenker } from "./index.ts";

carrierSuite(dbschenker, import.meta.dirname);
