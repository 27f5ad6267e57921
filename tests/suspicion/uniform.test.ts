import { suspicionSuite } from './suspicionSuite';

suspicionSuite('uniform');
