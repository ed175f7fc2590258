"""The engine for districts and cities: millions of people as columns, and a bound over them all."""

from matcher.city.certificate import Certificate
from matcher.city.plans import plan_tables_of_city, price_certificate
from matcher.city.solve import CityPlan, solve_city

__all__ = ["Certificate", "CityPlan", "plan_tables_of_city", "price_certificate", "solve_city"]
